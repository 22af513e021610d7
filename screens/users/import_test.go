package users_test

const mixedFile = `username,email,first_name,last_name,role,active
ewillow,ember.willow@juniper.example,Ember,Willow,Marketing,1
athistle,abel@juniper.example,Abel,Thistle,Customer care,1
alantern,ada.lantern@juniper.example,Ada,Lantern,Merchandising,1
bad,no-address,Bad,Mail,,1
ewillow,twice@juniper.example,Ember,Willow,Marketing,1
short,short@juniper.example
moss,moss@juniper.example,Moss,Reed,Pirates,1
`
